import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { slug } from 'github-slugger'
import { lexer, type Token, walkTokens } from 'marked'
import { toId } from 'storybook/internal/csf'
import { expect, it } from 'vitest'
import { pageUrl } from '../../stories/docs/pageUrl.ts'

const root = join(import.meta.dirname, '../..')
const docs = filesIn('docs', '.md')
const pages = ['README.md', 'CHANGELOG.md', ...docs]

it.each([...pages, 'CONTRIBUTING.md', 'SECURITY.md', 'llms.txt'])(
  'every link in %s leads to a file and a heading that exist',
  (file) => expect(brokenLinks(file, read(file))).toEqual([]),
)

it('names a link that leads nowhere', () => {
  const text = [
    '# Title',
    'To [a page](none.md), [a heading](../README.md#none), [one here](#none) and [here](#title).',
    '![An image](images/none.png) <img src="images/none.jpg">',
    '`[Code](none.md)` and [elsewhere](https://example.com/none.md).',
  ].join('\n')
  expect(brokenLinks('docs/page.md', text)).toEqual([
    'none.md',
    '../README.md#none',
    '#none',
    'images/none.png',
    'images/none.jpg',
  ])
})

it('has pages to look at', () => {
  expect(docs).not.toEqual([])
})

it('links lead from the README to every page', () => {
  const reached = new Set(['README.md'])
  // The loop over a set also visits entries added during the loop.
  for (const page of reached) {
    for (const { path } of linksOf(page, read(page))) if (docs.includes(path)) reached.add(path)
  }
  expect(docs.filter((page) => !reached.has(page))).toEqual([])
})

it('llms.txt lists every page', () => {
  const listed = linksOf('llms.txt', read('llms.txt')).map(({ path }) => path)
  expect(docs.filter((page) => !listed.includes(page))).toEqual([])
})

it('every page is in Storybook, where links to it lead', () => {
  const shown = filesIn('stories/docs', '.mdx').map((file) => {
    const mdx = read(file)
    const [, path = ''] = /<Page path="(.*)">/.exec(mdx) ?? []
    const [, title = ''] = /<Meta title="(.*)" \/>/.exec(mdx) ?? []
    expect(mdx).toContain(`import text from '../../${path}?raw'`)
    return [path, `./?path=/docs/${toId(title, 'docs')}`]
  })
  expect(Object.fromEntries(shown)).toEqual(
    Object.fromEntries(pages.map((page) => [page, pageUrl(page)])),
  )
})

type Link = { href: string; path: string; anchor: string }

/** Returns the links whose file, or heading in it, does not exist. */
function brokenLinks(file: string, text: string): string[] {
  return linksOf(file, text)
    .filter(({ path, anchor }) => {
      if (path !== file && !existsSync(join(root, path))) return true
      return anchor && !anchorsOf(path === file ? text : read(path)).includes(anchor)
    })
    .map(({ href }) => href)
}

/** Returns the links and images of a Markdown file, except those to other sites. */
function linksOf(file: string, text: string): Link[] {
  return hrefsOf(text)
    .filter((href) => !/^[a-z]+:/.test(href))
    .map((href) => {
      const [path = '', anchor = ''] = href.split('#')
      return { href, path: path ? posix.join(posix.dirname(file), path) : file, anchor }
    })
}

function hrefsOf(text: string): string[] {
  return tokensOf(text).flatMap((token) => {
    if (token.type === 'link' || token.type === 'image') return [token.href]
    if (token.type !== 'html') return []
    return [...token.raw.matchAll(/(?:href|src)="(.*?)"/g)].map(([, href = '']) => href)
  })
}

/** Returns GitHub's anchors of the headings, except those that two headings would share. */
function anchorsOf(text: string): string[] {
  const anchors = tokensOf(text).flatMap((token) =>
    token.type === 'heading' ? [slug(token.text)] : [],
  )
  return anchors.filter((anchor) => anchors.indexOf(anchor) === anchors.lastIndexOf(anchor))
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  walkTokens(lexer(text), (token) => {
    tokens.push(token)
  })
  return tokens
}

function filesIn(folder: string, extension: string): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith(extension))
    .map((name) => `${folder}/${name}`)
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}
