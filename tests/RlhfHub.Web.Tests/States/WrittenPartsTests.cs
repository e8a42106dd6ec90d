using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using RlhfHub.Web.Features.Labeling;
using RlhfHub.Web.Tests.Features.Labeling;

namespace RlhfHub.Web.Tests.States;

public sealed class WrittenPartsTests : ComponentTest
{
    public WrittenPartsTests() => Services.AddSingleton<IChatPartner>(new FakeChat { View = new([new(Written.Of(3000), [Written.Text, "short"], 0, 1, IsOpening: false), new("And?", [Written.Text, "short"], null, 0, IsOpening: false)], 20) });

    public static TheoryData<string> Parts => [.. WrittenParts.All.Keys.Select(part => part.Name)];

    [Theory]
    [MemberData(nameof(Parts))]
    public void Render_VeryLongTextFromRightToLeft_IsWholeAndKeepsItsDirection(string name)
    {
        var (part, (parameters, shown)) = WrittenParts.All.Single(entry => entry.Key.Name == name);

        var view = Render<DynamicComponent>(builder => builder.Add(dynamic => dynamic.Type, part).Add(dynamic => dynamic.Parameters, parameters!));

        Written.AssertKeepsItsDirection(view.Nodes);
        var words = Written.Words(view.Nodes);
        Assert.All(shown, text => Assert.True(words.Contains(text, StringComparison.Ordinal), $"{text.Length} characters are not there in full."));
    }
}
