-- wrk's script: asks for the paths of a file in turn, and prints what came of it as one line of JSON.
-- Words after `--`: the file of paths, an ETag to send (or ""), how many connections shall be made
-- before the first of them asks (or 0), and the milliseconds that takes.
local requests, next_one, wait = {}, 0, 0

function init(words)
   local headers = {}
   if words[2] ~= "" then headers["If-None-Match"] = words[2] end
   for path in io.lines(words[1]) do
      requests[#requests + 1] = wrk.format("GET", path, headers)
   end
   wait = tonumber(words[4])
   if wait > 0 then delay = after_all_have_connected(tonumber(words[3])) end
end

-- wrk calls a global function `delay` before each request, for the milliseconds to wait.
function after_all_have_connected(connections)
   return function()
      connections = connections - 1
      return connections >= 0 and wait or 0
   end
end

function request()
   next_one = next_one % #requests + 1
   return requests[next_one]
end

function done(summary, latency, _)
   local errors = summary.errors
   io.write(string.format(
      '{"answers":%d,"seconds":%.6f,"p50_ms":%.3f,"p99_ms":%.3f,"bytes":%d,"errors":%d}\n',
      summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,
      latency:percentile(99) / 1e3, summary.bytes,
      errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
