-- wrk's script: asks for the paths of a file in turn, and prints what came of it as one line of JSON.
-- Words after `--`: the file of paths, and an ETag to send (or none).
local requests, next_one = {}, 0

function init(words)
   local headers = {}
   if words[2] then headers["If-None-Match"] = words[2] end
   for path in io.lines(words[1]) do
      requests[#requests + 1] = wrk.format("GET", path, headers)
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
