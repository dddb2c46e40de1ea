/** A table of a report, with formatted cells. */
export interface Table {
  readonly title: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** Formats a table with aligned columns, for a terminal. */
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

/** Formats a number with this many decimal places; `–` when it is not finite. */
export function number(value: number, places = 0): string {
  if (!Number.isFinite(value)) return '–'
  return value.toLocaleString('en', {
    minimumFractionDigits: places,
    maximumFractionDigits: places,
  })
}
