import { fileURLToPath } from 'node:url'
import { storybookTest } from '@storybook/addon-vitest/vitest-plugin'
import { playwright } from '@vitest/browser-playwright'
import type { LaunchOptions } from 'playwright'
import {
  type Alias,
  defaultClientConditions,
  defaultServerConditions,
  type Plugin,
  type PluginOption,
} from 'vite'
import { defineConfig, type TestUserConfig, type UserWorkspaceConfig } from 'vitest/config'
import { chromiumFlags, findChromium } from './test/support/chromium.ts'

/** By the global hooks Testing Library cleans up and says that this is an `act` environment. */
const globals = true

/** The export condition that leads the package's public names, which tests import, to `src`. */
const source = '@use-event-source/source'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  resolve: { conditions: [source, ...defaultClientConditions] },
  ssr: { resolve: { conditions: [source, ...defaultServerConditions] } },
  test: {
    reporters: ['default', './test/support/countReporter.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'jsdom',
          globals,
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/{bench,browser,contract,package,react18,types}/**'],
        },
      },
      {
        extends: true,
        resolve: { alias: react18() },
        test: {
          name: 'react-18',
          environment: 'jsdom',
          globals,
          include: ['test/{react,testing}/**/*.test.{ts,tsx}'],
          // It would find React from its own place, so it is aliased too.
          server: { deps: { inline: ['@testing-library/react'] } },
        },
      },
      {
        extends: true,
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['test/types/**/*.test-d.{ts,tsx}'],
            tsconfig: './test/types/tsconfig.json',
          },
        },
      },
      {
        extends: true,
        test: {
          name: 'package',
          environment: 'node',
          include: ['test/package/**/*.test.ts'],
          globalSetup: './test/package/build.ts',
        },
      },
      {
        extends: true,
        // What Vite meets only in a test would make it reload that test.
        optimizeDeps: { include: ['react-dom', 'react-dom/client', 'zod'] },
        ...inChromium({
          name: 'browser',
          include: ['test/{browser,contract}/**/*.test.{ts,tsx}'],
          globalSetup: './test/browser/globalSetup.ts',
          sequence: { groupOrder: 1 },
        }),
      },
      {
        extends: true,
        ...inChromium(
          { name: 'storybook', sequence: { groupOrder: 2 } },
          storybookTest({ configDir: at('./.storybook') }),
        ),
      },
      {
        extends: true,
        test: {
          name: 'bench',
          environment: 'node',
          include: ['test/bench/**/*.test.ts'],
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
})

/** React 18 in place of 19: the suite must not know the difference. */
function react18(): Alias[] {
  const modules = at('./test/react18/node_modules')
  return [
    {
      find: /^@testing-library\/react$/,
      replacement: at('./node_modules/@testing-library/react/dist/@testing-library/react.esm.js'),
    },
    { find: /^(react|react-dom)$/, replacement: `${modules}/$1/index.js` },
    { find: /^(react|react-dom)\/(.*)$/, replacement: `${modules}/$1/$2.js` },
  ]
}

/**
 * Runs a project in Chromium, which is looked for only if the project is among those to run.
 * Such projects come one after the other, by `groupOrder`: a busy machine paints few frames.
 */
function inChromium(test: TestUserConfig, ...plugins: PluginOption[]): UserWorkspaceConfig {
  const launchOptions: LaunchOptions = { args: chromiumFlags }
  const chromium: Plugin = {
    name: 'find-chromium',
    async configureVitest() {
      launchOptions.executablePath = await findChromium()
    },
  }
  return {
    plugins: [...plugins, chromium],
    test: {
      ...test,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({ launchOptions }),
        instances: [{ browser: 'chromium' }],
      },
    },
  }
}
