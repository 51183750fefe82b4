// errors.js: whatever goes wrong becomes one line and an exit code · in: any error · out: message, hint, code · next: help.js
import { WasmfitError } from '../js/index.js';

/** @param {string} message @param {string} [hint] */
export const usage = (message, hint) => new WasmfitError(message, { code: 'USAGE', hint });

/** @param {string} message @param {string} [hint] */
export const badData = (message, hint) => new WasmfitError(message, { code: 'DATA', hint });

/** @type {Map<string | undefined, string>} */
const REASONS = new Map(Object.entries({
  ENOENT: 'no such file or directory', EACCES: 'permission denied', EPERM: 'permission denied', EISDIR: 'it is a directory', ENOTDIR: 'a part of its path is no directory',
  ENOSPC: 'no space left on the device', EROFS: 'the file system is read-only', EMFILE: 'too many open files', ENAMETOOLONG: 'its name is too long',
  ERR_FS_FILE_TOO_LARGE: 'it is too large',
}));

/** Text without characters that end a line, hide or reorder what is around them: those are written as \u001b. @param {string} text */
export const printable = (text) => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (char) => `\\u${Number(char.codePointAt(0)).toString(16).padStart(4, '0')}`);

/** Advice of the package in words of the command: { encoding: "x" } is --encoding "x". @param {string} advice */
const asOptions = (advice) => advice.replace(/\{ (categorical|decimal|encoding): \[?("[^"]*")\]? \}/, '--$1 $2').replace(/leave the column out$/, 'leave it out with --drop')
  .replace('a validation share', 'the share of --test');

/** @param {unknown} error @returns {{ exit: number, code: string, message: string, hint?: string }} */
export function refusal(error) {
  const { code, message, path, dest, hint } = /** @type {any} */ (error instanceof Error ? error : new Error(String(error)));
  if (error instanceof WasmfitError) return { exit: code === 'USAGE' ? 2 : 1, code, message: asOptions(message), hint: hint && asOptions(hint) };
  const reason = REASONS.get(code);
  if (reason !== undefined) return { exit: 1, code, message: `${dest ?? path ?? 'a file'}: ${reason}` };
  return { exit: 1, code: code ?? 'DATA', message: asOptions(message) };
}

/**
 * Does the work; an error of it speaks of the file and the target as the person knows them, not of X and y.
 * @template T
 * @param {{ file: string, target?: string }} names
 * @param {() => T | PromiseLike<T>} work
 * @returns {Promise<T>}
 */
export async function naming({ file, target = 'the target' }, work) {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || 'syscall' in error) throw error;
    const { code = 'DATA', hint } = /** @type {any} */ (error);
    const [, argument, rest] = /^(?:(?!X:|y:)[\w.]+: )?(?:(X|y|yTrue|Table|validation\.X|validation\.y)(?=[: ]))?([^]*)$/.exec(error.message) ?? ['', '', error.message];
    const subject = argument === undefined ? `${file}: ` : /y/.test(argument) ? `${file}: ${target}` : file;
    throw new WasmfitError(subject + rest, { code, hint, cause: error });
  }
}
