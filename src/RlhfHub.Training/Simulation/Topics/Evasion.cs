namespace RlhfHub.Training.Simulation.Topics;

/// <summary>Ways to give no answer. They name the topic, so that they belong to one question.</summary>
internal static class Evasion
{
    public static IEnumerable<string> About(string topic) =>
    [
        $"I am not [quite |]sure about {topic}.",
        $"I do not know [much|enough|anything] about {topic}.",
        $"I [would rather|will] not [talk|speak] about {topic}.",
        $"I cannot [say|tell you] [anything|much] about {topic}.",
        $"Nobody ever told me about {topic}.",
        $"You could ask somebody else about {topic}.",
    ];
}
