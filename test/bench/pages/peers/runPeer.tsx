import type { ComponentType, ReactNode } from 'react'
import type { Observe } from '../createObserver.ts'
import { runPage } from '../runPage.ts'

export interface PeerProps {
  url: string
  /** Called with each event that the component sees. */
  onTrade: Observe
}

/** Renders the requested number of components, inside the wrapper that their library needs. */
export function runPeer(
  Peer: ComponentType<PeerProps>,
  wrap: (peers: ReactNode, url: string) => ReactNode = (peers) => peers,
): void {
  runPage(({ url, components, observe }) => {
    const peers = Array.from({ length: components }, (_, index) => (
      <Peer key={index} url={url} onTrade={observe()} />
    ))
    return wrap(peers, url)
  })
}
