import type { ComponentType, ReactNode } from 'react'
import type { Observe } from '../createObserver.ts'
import { runPage } from '../runPage.ts'

export interface PeerProps {
  url: string
  /** Takes each event that the component sees. */
  onTrade: Observe
}

/** Renders a component as often as is asked for, in what its library wants around it. */
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
