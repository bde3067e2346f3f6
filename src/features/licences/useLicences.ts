/** The list of third-party licences that the build wrote beside the page. */
import { useEffect, useState } from 'react';
import * as v from 'valibot';

const licenceSchema = v.object({
  name: v.string(),
  version: v.nullable(v.string()),
  license: v.string(),
  text: v.string(),
});

export type Licence = v.InferOutput<typeof licenceSchema>;

type LicenceList =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly licences: readonly Licence[] }
  | { readonly kind: 'failed'; readonly message: string };

const longestWait = 20_000;

async function loadLicences(): Promise<LicenceList> {
  try {
    const response = await fetch(`${import.meta.env.BASE_URL}licences.json`, {
      signal: AbortSignal.timeout(longestWait),
    });
    if (!response.ok) throw new Error(`licences.json: ${response.status} ${response.statusText}`);
    return { kind: 'ready', licences: v.parse(v.array(licenceSchema), await response.json()) };
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

export function useLicences(): { readonly list: LicenceList; readonly retry: () => void } {
  const [list, setList] = useState<LicenceList>({ kind: 'loading' });
  useEffect(() => {
    void loadLicences().then(setList);
  }, []);
  const retry = (): void => {
    setList({ kind: 'loading' });
    void loadLicences().then(setList);
  };
  return { list, retry };
}
