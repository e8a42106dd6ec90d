#pragma warning disable CS1591
namespace RlhfHub.Training.Tokenization;
public sealed class Tokenizer { public StreamingDecoder CreateStreamingDecoder(bool skipSpecialTokens = true) => new(); }
public sealed class StreamingDecoder { public string Push(int id) => $"<{id}>"; public string Flush() => ""; }
