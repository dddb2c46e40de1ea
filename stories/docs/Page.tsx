import { AnchorMdx, CodeOrSourceMdx, HeadersMdx, Markdown } from '@storybook/addon-docs/blocks'
import { slug } from 'github-slugger'
import type { ReactNode } from 'react'
import './docs.css'
import { pageUrl } from './pageUrl.ts'

const images = import.meta.glob<string>('../../docs/images/*', {
  eager: true,
  query: '?url',
  import: 'default',
})

/** Shows the Markdown file at `path` in the repository, with links and images that work in Storybook. */
export function Page({ path, children }: { path: string; children: string }) {
  return (
    <div className="markdown">
      <Markdown
        options={{
          // The links on the pages are written for GitHub's anchors.
          slugify: (heading) => slug(heading),
          overrides: {
            ...HeadersMdx,
            code: Code,
            a: { component: Link, props: { from: path } },
            img: { component: Image, props: { from: path } },
          },
        }}
      >
        {children}
      </Markdown>
    </div>
  )
}

/** Leads to another page's address in Storybook. A link to a file that is no page is shown as text. */
function Link({ from, href = '', children }: { from: string; href?: string; children: ReactNode }) {
  const url = urlHere(from, href)
  if (url === undefined) return <>{children}</>
  return (
    <AnchorMdx href={url} target="">
      {children}
    </AnchorMdx>
  )
}

function urlHere(from: string, href: string): string | undefined {
  if (/^(https?:|#)/.test(href)) return href
  const { path, hash } = resolve(from, href)
  const url = pageUrl(path)
  return url && url + hash
}

function Image({ from, src = '', alt = '' }: { from: string; src?: string; alt?: string }) {
  return <img src={images[`../../${resolve(from, src).path}`] ?? src} alt={alt} />
}

// Languages that Storybook's highlighter knows by another name.
const languages: Record<string, string> = { sh: 'bash', ts: 'typescript', js: 'jsx' }

function Code({ className, children }: { className?: string; children: ReactNode }) {
  const language = className?.replace(/^.*lang-/, '')
  if (language === undefined) return <CodeOrSourceMdx>{children}</CodeOrSourceMdx>
  return (
    <CodeOrSourceMdx className={`lang-${languages[language] ?? language}`}>
      {children}
    </CodeOrSourceMdx>
  )
}

/** Resolves `href`, a link in the file `from`, to a path in the repository. */
function resolve(from: string, href: string): { path: string; hash: string } {
  const { pathname, hash } = new URL(href, `file:///${from}`)
  return { path: pathname.slice(1), hash }
}
