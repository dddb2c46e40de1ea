import { addons } from 'storybook/manager-api'
import { create, getPreferredColorScheme } from 'storybook/theming'

addons.setConfig({
  theme: create({
    base: getPreferredColorScheme(),
    brandTitle: 'use-event-source',
  }),
  // Without roots the Docs folder comes first, in the order of `storySort`.
  sidebar: { showRoots: false },
})
