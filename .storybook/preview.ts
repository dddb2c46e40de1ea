import type { Preview } from '@storybook/react-vite'
import { getPreferredColorScheme, themes } from 'storybook/theming'
import '../stories/stories.css'
import { isLive } from '../stories/servers/serverControl.ts'

const preview: Preview = {
  tags: ['autodocs'],
  argTypes: {
    every: { control: { type: 'range', min: 20, max: 10_000, step: 20 } },
    retry: { control: { type: 'range', min: 100, max: 10_000, step: 100 } },
  },
  parameters: {
    // Violations that axe finds fail the test instead of only warning.
    a11y: { test: 'error' },
    backgrounds: { disabled: true },
    controls: { expanded: true },
    docs: {
      theme: themes[getPreferredColorScheme()],
      canvas: { sourceState: 'shown' },
    },
    options: {
      // The pages in the order of the README, then the examples.
      storySort: {
        order: [
          'Docs',
          [
            'Introduction',
            'Channels',
            'Options',
            'Sharing',
            'Recipes',
            'Moving',
            'Reconnecting',
            'Fetch',
            'Worker',
            'Errors',
            'Transports',
            'Server rendering',
            'Core',
            'Testing',
            'Performance',
            'Limits',
            'Changelog',
          ],
          'Greeting',
          'Counter',
          'Notifications',
          'Ticker',
          'Dashboard',
          'Assistant',
        ],
      },
    },
  },
  // The static build has no server: its stories run on a fake one in the page.
  async beforeAll() {
    if (isLive) return
    const { installFakeServers } = await import('../stories/servers/fakeServers.ts')
    installFakeServers()
  },
}

export default preview
