import { accessSync, constants, existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where reports and what was found go. Files appear whole or not at all. */
export class OutFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Makes the folder and tries it out. Throws what the file system says. */
  prepare(): void {
    makeFolder(this.path);
    const probe = join(this.path, `.zabsim-${process.pid}`);
    writeFileSync(probe, '');
    rmSync(probe);
  }

  /** Returns the path under which the file can be found from here. */
  write(name: string, text: string): string {
    const path = join(this.path, name);
    makeFolder(dirname(path));
    writeWhole(path, text);
    return path;
  }
}

/** With the folders above it. Node's own way of doing so never returns where the system denies a folder for want of a parent
 *  that is there, as in /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  mkdirSync(path);
}

/** Through a file of another name, so that nobody reads half of it. */
export function writeWhole(path: string, text: string): void {
  const beside = `${path}.${process.pid}.part`;
  try {
    writeFileSync(beside, text);
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/** Throws what the file system says if a file of this name cannot be written. */
export function checkWritable(path: string): void {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) {
    const probe = `${path}.${process.pid}.part`;
    writeFileSync(probe, '');
    rmSync(probe);
  } else if (statSync(path).isDirectory()) throw new Error('EISDIR: it is a directory');
  else accessSync(path, constants.W_OK);
}

/** Part of a file name: a seed may hold anything. */
export function fileWord(text: string): string {
  return text.replaceAll(/[^\w.-]+/g, '-').slice(0, 60);
}
