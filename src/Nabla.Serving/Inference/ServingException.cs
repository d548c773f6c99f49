namespace Nabla.Serving.Inference;

/// <summary>Why a request is not answered; each protocol has a status of its own for it.</summary>
internal enum ServingFault
{
    /// <summary>The request does not fit the model.</summary>
    InvalidRequest,

    /// <summary>There is no such model or version.</summary>
    NotFound,

    /// <summary>Nobody knows who calls.</summary>
    Unauthenticated,

    /// <summary>The caller has no role that allows it.</summary>
    Forbidden,

    /// <summary>The client has used up what it may ask for.</summary>
    QuotaSpent,

    /// <summary>As many requests wait as may.</summary>
    QueueFull,

    /// <summary>The model is being loaded.</summary>
    Loading,

    /// <summary>The model is known, but could not be loaded or was unloaded.</summary>
    NotReady,

    /// <summary>The server is about to stop.</summary>
    Draining,

    /// <summary>The request is larger than the server takes.</summary>
    TooLarge,

    /// <summary>The body is in a form that the server does not read.</summary>
    UnsupportedMediaType,

    /// <summary>The body did not come in time.</summary>
    RequestTimeout,

    /// <summary>The answer would come too late.</summary>
    DeadlineExceeded,

    /// <summary>The caller has gone away.</summary>
    Cancelled,

    /// <summary>The model failed.</summary>
    Internal,
}

/// <summary>A request that is not answered; the message is for the caller and names nothing inside the server.</summary>
internal sealed class ServingException(ServingFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public ServingFault Fault => fault;

    /// <summary>The reason as programs read it, in metrics and in errors.</summary>
    public string Reason => ReasonOf(fault);

    /// <summary>When it is worth asking again; null when asking again does not help.</summary>
    public TimeSpan? RetryAfter { get; init; } = fault is ServingFault.QuotaSpent or ServingFault.QueueFull or ServingFault.Loading or ServingFault.Draining
        ? TimeSpan.FromSeconds(1)
        : null;

    /// <summary>A request that does not fit.</summary>
    public static ServingException Invalid(string message) => new(ServingFault.InvalidRequest, message);

    /// <summary>What programs read.</summary>
    public static string ReasonOf(ServingFault fault) => fault switch
    {
        ServingFault.InvalidRequest => "invalid_request",
        ServingFault.NotFound => "not_found",
        ServingFault.Unauthenticated => "unauthenticated",
        ServingFault.Forbidden => "forbidden",
        ServingFault.QuotaSpent => "quota_spent",
        ServingFault.QueueFull => "queue_full",
        ServingFault.Loading => "loading",
        ServingFault.NotReady => "not_ready",
        ServingFault.Draining => "draining",
        ServingFault.TooLarge => "too_large",
        ServingFault.UnsupportedMediaType => "unsupported_media_type",
        ServingFault.RequestTimeout => "request_timeout",
        ServingFault.DeadlineExceeded => "deadline_exceeded",
        ServingFault.Cancelled => "cancelled",
        _ => "internal",
    };
}
