"""The filter, suggestions and query understanding behind HTTP. `run` starts it, `app` answers, all else is one part
each.

config            [serve]
run               the process that starts workers, stops them and passes on a reload
app | page        routes and their OpenAPI document | the page that shows it
service           a request -> a reply
serving | artifact     all that a worker has loaded, replaced whole on reload | the filter of it
suggest | understand   suggestions | query understanding, each a folder of its own
offered | scoring | guards     the request's entities -> probabilities -> decisions
keys | problems   who may ask | what is said of a request that cannot be answered
background        work that must not hold up an answer
access | decisions | audit | metrics     what is written down
"""
