/** What a person chose or dropped, as files with their paths: folders are walked. */

export interface ChosenFile {
  readonly path: string;
  readonly file: File;
}

/** Of an input; those of a folder have paths that begin with it. */
export function chosenFiles(files: FileList | readonly File[]): ChosenFile[] {
  return [...files].map((file) => ({
    path: file.webkitRelativePath === '' ? file.name : file.webkitRelativePath,
    file,
  }));
}

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => {
    entry.file(resolve, reject);
  });

/** All entries of a folder: browsers give a hundred at a time. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- each call goes on where the last one ended
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) return all;
    all.push(...some);
  }
}

async function filesIn(entry: FileSystemEntry): Promise<ChosenFile[]> {
  const path = entry.fullPath.replace(/^\//, '');
  if (entry.isFile) return [{ path, file: await fileOf(entry as FileSystemFileEntry) }];
  const lists: ChosenFile[][] = [];
  for (const one of await entriesOf(entry as FileSystemDirectoryEntry)) {
    // oxlint-disable-next-line no-await-in-loop -- thousands at once are more than browsers take
    lists.push(await filesIn(one));
  }
  return lists.flat();
}

/** @throws DOMException where the browser does not let a folder be read */
export async function droppedFiles({ items, files }: DataTransfer): Promise<ChosenFile[]> {
  // At once: after the event they are gone.
  const entries = [...items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const plain = [...files];
  if (entries.length === 0) return chosenFiles(plain);
  const lists: ChosenFile[][] = [];
  // oxlint-disable-next-line no-await-in-loop
  for (const entry of entries) lists.push(await filesIn(entry));
  return lists.flat();
}
