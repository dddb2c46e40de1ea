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

/** Testing Library needs the global hooks to clean up and to declare an `act` environment. */
const globals = true

/** The export condition that resolves the package's public names, which tests import, to `src`. */
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
          // Inlined so that its own imports of React are aliased too.
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
        // Vite reloads a running test when it discovers a dependency only there.
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

/** Replaces React 19 with React 18: the same tests must pass with both. */
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
 * Runs a project in Chromium, which is located only if the project is selected. `groupOrder` keeps
 * such projects from running at the same time: a busy machine paints few frames.
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
