const names: Record<string, string> = { 'README.md': 'introduction', 'CHANGELOG.md': 'changelog' }

/** Returns the address of a Markdown file's page in Storybook; `undefined` if it has none. */
export function pageUrl(path: string): string | undefined {
  const name = names[path] ?? /^docs\/([\w-]+)\.md$/.exec(path)?.[1]
  return name && `./?path=/docs/docs-${name}--docs`
}
