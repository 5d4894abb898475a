-- The pipeline of containers before it became a part of ci.pipeline.

return shared.pipeline.rule("container.pipeline", "The continuous integration of containers", function(event)
    return "Container", event
end)
