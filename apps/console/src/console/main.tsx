import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { ApiProblem } from '../http/json-api.ts'
import { ConsoleApi } from './console-api.ts'
import { ConsoleApp } from './console-app.tsx'

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // What the server refuses it refuses again; what did not reach it may be tried once more.
      retry: (count, error) => count < 1 && error instanceof ApiProblem && (error.status === 0 || error.status >= 500),
    },
  },
})

createRoot(document.querySelector('#page')!).render(
  <QueryClientProvider client={client}>
    <ConsoleApp api={new ConsoleApi()} />
  </QueryClientProvider>,
)
