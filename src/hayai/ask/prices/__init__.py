"""What does somebody pay by their own word? Prices written by the user, in `bench.toml` or in a file of prices.

[[prices]]
model = "us.amazon.nova-pro-v1:0"    or a pattern (`*`), or `provider:model`; in bench.toml also target = "name"
latency = "optimized"                the mode it is the price of; left out: standard
tier = "flex"                        left out: default
input, output                        per million tokens
cache_read, cache_write              left out: unknown
currency, rate                       another currency, and the US dollars that one unit of it is
source, as_of                        where it comes from, and as of when

stated     what came out: the noun
fields     from tables to `StatedPrice`, or to all their problems
read       from a file to the same
write      back into a file
"""
