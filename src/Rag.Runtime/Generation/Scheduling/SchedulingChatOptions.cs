using System.Globalization;
using Microsoft.Extensions.AI;

namespace Rag.Runtime.Generation.Scheduling;

/// <summary>When a request to the local model gets its turn, and how long it may take.</summary>
public static class SchedulingChatOptions
{
    internal const string PriorityName = "priority";
    internal const string TimeoutName = "timeout";

    /// <summary>Requests of a higher priority begin first; those of one in the order they came. The options are changed and returned.</summary>
    /// <param name="options">The options of a request.</param>
    /// <param name="priority">Any number; 0 where nothing is said.</param>
    public static ChatOptions WithPriority(this ChatOptions options, int priority)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.AdditionalProperties ??= [];
        options.AdditionalProperties[PriorityName] = priority;
        return options;
    }

    /// <summary>Ends the request with a <see cref="RequestTimeoutException"/> where it is not answered whole by then. The options are changed and returned.</summary>
    /// <param name="options">The options of a request.</param>
    /// <param name="timeout">Counted from the call; more than zero.</param>
    public static ChatOptions WithTimeout(this ChatOptions options, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        options.AdditionalProperties ??= [];
        options.AdditionalProperties[TimeoutName] = timeout;
        return options;
    }

    /// <summary>The priority of the options; 0 where they say nothing.</summary>
    internal static int Priority(this ChatOptions? options) => options?.AdditionalProperties?.GetValueOrDefault(PriorityName) switch
    {
        null => 0,
        int priority => priority,
        var other when int.TryParse(Convert.ToString(other, CultureInfo.InvariantCulture), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int priority) => priority,
        _ => throw new ArgumentException($"The additional property \"{PriorityName}\" is no whole number.", nameof(options)),
    };

    /// <summary>The time that the options give, as a time span or in seconds; null where they say nothing.</summary>
    internal static TimeSpan? Timeout(this ChatOptions? options) => options?.AdditionalProperties?.GetValueOrDefault(TimeoutName) switch
    {
        null => null,
        TimeSpan time when time > TimeSpan.Zero => time,
        var other when other is not TimeSpan
            && double.TryParse(Convert.ToString(other, CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)
            && seconds > 0 && seconds <= int.MaxValue => TimeSpan.FromSeconds(seconds),
        _ => throw new ArgumentException($"The additional property \"{TimeoutName}\" is no time span above zero, nor a number of seconds.", nameof(options)),
    };
}
