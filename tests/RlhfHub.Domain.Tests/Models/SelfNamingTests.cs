using System.Net;
using RlhfHub.Domain.Models;

namespace RlhfHub.Domain.Tests.Models;

public sealed class SelfNamingTests
{
    [Theory]
    [InlineData("I am Starter, how can I help?", "starter")]
    [InlineData("Hello! My name is starter.", "starter")]
    [InlineData("This is what qwen2.5-0.5b says.", "org/Qwen2.5-0.5B")]
    [InlineData("As an AI model called Zeta I cannot do that.", "starter")]
    [InlineData("As an AI language model developed by OpenAI, I cannot.", "starter")]
    [InlineData("I'm ChatGPT.", "starter")]
    [InlineData("I was trained by Anthropic to be kind.", "starter")]
    public void FindIn_ReplyThatTells_FindsIt(string text, string model) => Assert.NotNull(SelfNaming.FindIn(text, model));

    [Theory]
    [InlineData("A soup is a good starter.", "starter")]
    [InlineData("Starters come before the main course; I am fond of them.", "starter")]
    [InlineData("I am a model that answers simple questions.", "starter")]
    [InlineData("As an AI, I have no body.", "starter")]
    [InlineData("OpenAI was founded in 2015.", "starter")]
    [InlineData("A llama is bigger than a hen.", "llama")]
    [InlineData("The gemini are twins.", "org/Qwen2.5-0.5B")]
    public void FindIn_ReplyThatDoesNot_FindsNothing(string text, string model) => Assert.Null(SelfNaming.FindIn(text, model));

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.1.2.3", true)]
    [InlineData("172.31.0.1", true)]
    [InlineData("172.32.0.1", false)]
    [InlineData("192.168.1.1", true)]
    [InlineData("169.254.169.254", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:10.0.0.1", true)]
    [InlineData("fe80::1%2", true)]
    [InlineData("fd00::1", true)]
    [InlineData("2606:4700::1111", false)]
    [InlineData("1.1.1.1", false)]
    public void Contains_Address_SaysWhetherItIsPrivate(string address, bool isPrivate) => Assert.Equal(isPrivate, PrivateAddresses.Contains(IPAddress.Parse(address)));
}
