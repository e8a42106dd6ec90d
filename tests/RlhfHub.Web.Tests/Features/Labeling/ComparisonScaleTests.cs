using RlhfHub.Domain.Projects;
using RlhfHub.Web.Features.Labeling;

namespace RlhfHub.Web.Tests.Features.Labeling;

public sealed class ComparisonScaleTests
{
    [Theory]
    [InlineData(3, true, "1 A much better,2 A better,3 A slightly better,4 Tie,5 B slightly better,6 B better,7 B much better")]
    [InlineData(2, false, "1 A much better,2 A better,3 B better,4 B much better")]
    [InlineData(1, true, "1 A better,2 Tie,3 B better")]
    public void Of_ProjectsStrengths_RunsFromAToB(int strengths, bool allowsTie, string expected) =>
        Assert.Equal(expected.Split(','), ComparisonScale.Of(new ComparisonSettings { Strengths = strengths, AllowsTie = allowsTie }).Select(point => $"{point.Key} {point.Label}"));
}
