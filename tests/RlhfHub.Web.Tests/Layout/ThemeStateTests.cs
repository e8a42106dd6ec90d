using System.Text.Json;
using RlhfHub.Web.Layout;

namespace RlhfHub.Web.Tests.Layout;

public sealed class ThemeStateTests
{
    [Theory]
    [InlineData(ThemeChoice.System, "\"system\"")]
    [InlineData(ThemeChoice.Light, "\"light\"")]
    [InlineData(ThemeChoice.Dark, "\"dark\"")]
    [InlineData(ThemeChoice.Contrast, "\"contrast\"")]
    public void ThemeChoice_InJson_IsTheNameThatTheScriptKeeps(ThemeChoice choice, string json)
    {
        Assert.Equal(json, JsonSerializer.Serialize(choice));
        Assert.Equal(choice, JsonSerializer.Deserialize<ThemeChoice>(json));
    }
}
