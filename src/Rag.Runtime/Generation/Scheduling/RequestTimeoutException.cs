using System.Globalization;

namespace Rag.Runtime.Generation.Scheduling;

/// <summary>A request to a local model has passed its deadline and was ended; what it held is free again.</summary>
public sealed class RequestTimeoutException : TimeoutException
{
    /// <summary>Creates the exception with a sentence made of its parts.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="timeout">The time that it had.</param>
    /// <param name="phase">How far it came.</param>
    public RequestTimeoutException(string model, TimeSpan timeout, RequestPhase phase)
        : base(string.Create(CultureInfo.InvariantCulture, $"A request to the model {model} was not answered within {timeout.TotalSeconds:0.###} s: {Where(phase)}. Allow it more time, or ask for fewer tokens."))
    {
        Timeout = timeout;
        Phase = phase;
    }

    /// <summary>The time that it had.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>How far it came.</summary>
    public RequestPhase Phase { get; }

    private static string Where(RequestPhase phase) => phase switch
    {
        RequestPhase.Queued => "it still waited for its turn",
        RequestPhase.Prefill => "its prompt was still being computed",
        _ => "its answer was still being generated",
    };
}
