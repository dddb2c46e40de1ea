import { useState } from 'react'
import { json, useEventSource } from 'use-event-source'
import { fetchTransport } from 'use-event-source/fetch'
import { ConnectionPanel } from './components/ConnectionPanel.tsx'

type Question = { id: number; prompt: string }

// The tokens are JSON, since a line break would end a `data:` line.
const answer = json<string>().reduce((text, token) => text + token, '')

// Equal requests share a connection. The number makes a repeated question a request of its own.
let asked = 0

export function Assistant({ url }: { url: string }) {
  const [questions, setQuestions] = useState<readonly Question[]>([])
  const [prompt, setPrompt] = useState('')

  return (
    <>
      {questions.length === 0 && <p className="headline">Ask me about streams.</p>}
      {questions.map((question, i) => (
        <Turn
          key={question.id}
          url={url}
          question={question}
          isLatest={i === questions.length - 1}
        />
      ))}
      <form
        className="ask"
        onSubmit={(event) => {
          event.preventDefault()
          if (!prompt.trim()) return
          setQuestions([...questions, { id: ++asked, prompt }])
          setPrompt('')
        }}
      >
        <label>
          Prompt
          <input
            value={prompt}
            placeholder="What is an event stream?"
            autoComplete="off"
            onChange={(event) => setPrompt(event.target.value)}
          />
        </label>
        <button type="submit">Send</button>
      </form>
    </>
  )
}

// One question, one POST. The options are inline, and a render does not send the request again.
function Turn({ url, question, isLatest }: { url: string; question: Question; isLatest: boolean }) {
  const { data, ...connection } = useEventSource(
    url,
    { message: answer },
    {
      transport: fetchTransport({
        headers: { 'Content-Type': 'application/json', Authorization: 'Bearer demo' },
        body: JSON.stringify(question),
        // The server sends `[DONE]` without an empty line after it, as many do.
        dispatchIncomplete: true,
      }),
      until: (event) => event.data === '[DONE]',
    },
  )
  const { status, reason, close } = connection
  const isOver = status === 'closed'

  return (
    <article className="turn" aria-label={question.prompt}>
      <p className="question">{question.prompt}</p>
      <p className="answer" aria-live="polite" aria-busy={!isOver}>
        {data.message}
        {reason === 'failed' && <em> (cut off)</em>}
      </p>
      {isLatest && (
        <ConnectionPanel {...connection}>
          <button type="button" onClick={close} disabled={isOver}>
            Stop
          </button>
        </ConnectionPanel>
      )}
    </article>
  )
}
