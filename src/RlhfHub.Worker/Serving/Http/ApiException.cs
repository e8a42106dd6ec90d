namespace RlhfHub.Worker.Serving.Http;

/// <summary>An answer that is an error, in OpenAI's shape: <c>{"error": {"message", "type", "param", "code"}}</c>.</summary>
internal sealed class ApiException(int status, string message) : Exception(message)
{
    public int Status => status;

    /// <summary>OpenAI's kind of error; clients choose by the status, people read this.</summary>
    public string Type { get; init; } = status switch
    {
        401 => "authentication_error",
        404 or 405 => "not_found_error",
        429 => "rate_limit_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };

    /// <summary>The field of the request that is wrong.</summary>
    public string? Param { get; init; }

    /// <summary>For programs, e.g. <c>context_length_exceeded</c>.</summary>
    public string? Code { get; init; }

    /// <summary>When to try again; null where that would not help.</summary>
    public int? RetryAfterSeconds { get; init; }

    public static ApiException Wrong(string param, string message, string? code = null) => new(400, message) { Param = param, Code = code };

    public static ApiException NoModel(string id) =>
        new(404, $"There is no model '{id}'; GET /v1/models lists those that there are.") { Param = "model", Code = "model_not_found" };

    public static ApiException Busy(string message, int retryAfterSeconds, int status = 429) => new(status, message) { RetryAfterSeconds = retryAfterSeconds };

    public object ToJson() => new { error = new { message = Message, type = Type, param = Param, code = Code } };
}
