import { Counter, Histogram, type Registry } from 'prom-client'

export interface RequestMetrics {
  observe(request: { readonly route: string; readonly method: string; readonly status: number; readonly seconds: number }): void
  /** What is to be done before anybody reads the numbers. */
  onRead(prepare: () => void): void
}

/** Requests by route and status, and how long they took. Routes are patterns, so that their number is fixed. */
export function requestMetrics(registry: Registry): RequestMetrics {
  let prepare = (): void => {}
  const requests = new Counter({
    collect: () => prepare(),
    name: 'latchkey_http_requests_total',
    help: 'Requests answered, by route, method and status.',
    labelNames: ['route', 'method', 'status'],
    registers: [registry],
  })
  const durations = new Histogram({
    name: 'latchkey_http_request_duration_seconds',
    help: 'Time from a request to its answer, by route and method.',
    labelNames: ['route', 'method'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25],
    registers: [registry],
  })
  return {
    observe({ route, method, status, seconds }) {
      requests.inc({ route, method, status: String(status) })
      durations.observe({ route, method }, seconds)
    },
    onRead(first) {
      prepare = first
    },
  }
}
