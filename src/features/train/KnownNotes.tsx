/** Beside a preset that people know: what was published, what it came to here, what differs, and where it stands. */
import { useTranslation } from 'react-i18next';
import type { KnownPreset } from '@/model/knownPresets';
import { PresetResult } from '@/features/train/PresetResult';
import classes from '@/features/train/settings.module.css';

export function KnownNotes({ preset }: { readonly preset: KnownPreset }) {
  const { t } = useTranslation('train');
  const { t: text } = useTranslation('presets');
  const { id, config, sources, published, measured } = preset;
  const when = t('picker.afterEpochs', { count: config.epochs });
  return (
    <>
      <dl className={classes['results']}>
        {published !== null && <PresetResult name={t('picker.published')} when={when} accuracy={published} />}
        {measured !== null && (
          <PresetResult name={t('picker.here')} when={when} accuracy={measured.accuracy} />
        )}
      </dl>
      <p className={classes['text']}>{text(`${id}.differs`)}</p>
      {sources.map(({ title, url }) => (
        <p key={url} className={classes['source']}>
          {title}: {url}
        </p>
      ))}
    </>
  );
}
