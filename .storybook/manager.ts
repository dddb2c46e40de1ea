import { addons } from 'storybook/manager-api'
import { create, getPreferredColorScheme } from 'storybook/theming'

addons.setConfig({
  theme: create({
    base: getPreferredColorScheme(),
    brandTitle: 'use-event-source',
  }),
  // As a folder among the stories, the pages come first, in the order of `storySort`.
  sidebar: { showRoots: false },
})
