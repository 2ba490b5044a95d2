-- What wrk asks of a server of events: random boxes of 10 to 40 degrees in random months, 100 events a page. The same seeds
-- ask the same questions of both sides.
local number = 0
function setup(thread) thread:set("number", number); number = number + 1 end
function init() math.randomseed(1000 + number) end
function request()
  local year, month = math.random(1989, 2024), math.random(1, 12)
  local west, south, size = math.random(-170, 130), math.random(-50, 30), math.random(10, 40)
  return wrk.format("GET", string.format(
    "/api/v1/collections/events/items?bbox=%d,%d,%d,%d&datetime=%04d-%02d-01/%04d-%02d-28&limit=100",
    west, south, west + size, south + size, year, month, year, month))
end
