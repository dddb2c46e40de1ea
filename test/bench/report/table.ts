/** One table of a report; its cells are text, as they are shown. */
export interface Table {
  readonly title: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** For a terminal: columns of one width. */
export function toText({ title, head, rows }: Table): string {
  const lines = [head, ...rows]
  const widths = head.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)))
  const write = (line: readonly string[]) =>
    line.map((cell, at) => (at ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
  return [title, ...lines.map((line) => write(line).join('  '))].join('\n')
}

export function toMarkdown({ title, head, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = line(head.map((_, at) => (at ? '---:' : '---')))
  return [`**${title}**`, '', line(head), rule, ...rows.map(line)].join('\n')
}

/** A number with so many places, `–` for none. */
export function number(value: number, places = 0): string {
  if (!Number.isFinite(value)) return '–'
  return value.toLocaleString('en', {
    minimumFractionDigits: places,
    maximumFractionDigits: places,
  })
}
