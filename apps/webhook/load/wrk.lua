-- Another review of the pool each time: `wrk -s wrk.lua URL -- REVIEWS [PAUSE]`, one review a line; with PAUSE each connection
-- waits so many milliseconds between two requests.
local requests = {}
local pause = 0
local turn = 0

function init(arguments)
  local headers = { ["Content-Type"] = "application/json" }
  for line in io.lines(arguments[1]) do
    requests[#requests + 1] = wrk.format("POST", "/validate", headers, line)
  end
  pause = tonumber(arguments[2] or "0")
end

function request()
  turn = turn + 1
  return requests[(turn - 1) % #requests + 1]
end

function delay()
  return pause
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  print(string.format("figures %d %d %d %.0f %.0f", summary.requests, summary.duration, failed,
    latency:percentile(50), latency:percentile(99)))
end
