import { type Scope, serve } from './serve.ts'

// The build makes a file of its own of this one, of the same name and beside the door, so that one
// relative url leads here from both.
serve(self as unknown as Scope)
