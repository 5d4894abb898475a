-- The pipeline of all packages before it became a part of ci.pipeline.

return shared.pipeline.rule("allpackages.pipeline", "The continuous integration of all packages", function(event)
    return "All Packages", event
end)
