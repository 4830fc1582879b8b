using System.Globalization;

namespace Rag.Runtime.Generation.Scheduling;

/// <summary>A local model has as many requests as it takes; nothing of this one was computed. It may be tried again later.</summary>
public sealed class ModelBusyException : RagException
{
    /// <summary>Creates the exception with a sentence made of its parts.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="queueLength">Requests that wait.</param>
    /// <param name="limit">The most that may wait; see <see cref="LocalModelOptions.MaxQueuedRequests"/>.</param>
    public ModelBusyException(string model, int queueLength, int limit)
        : base(
            string.Create(CultureInfo.InvariantCulture, $"The model {model} is busy: {queueLength} requests wait for their turn, and {nameof(LocalModelOptions.MaxQueuedRequests)} is {limit}. Ask again later, or raise that option."),
            model,
            innerException: null)
    {
        QueueLength = queueLength;
        Limit = limit;
    }

    /// <summary>Requests that waited at that time.</summary>
    public int QueueLength { get; }

    /// <summary>The most that may wait.</summary>
    public int Limit { get; }
}
