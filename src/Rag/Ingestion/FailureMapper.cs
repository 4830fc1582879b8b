namespace Rag.Ingestion;

/// <summary>Turns what went wrong with one document into a typed failure; cancellation is never one.</summary>
internal static class FailureMapper
{
    /// <summary>Whether an exception speaks of the one document, not of the caller's wish to stop or of a dying process.</summary>
    public static bool IsOfDocument(Exception exception, CancellationToken cancellationToken) =>
        exception is not OutOfMemoryException && !(exception is OperationCanceledException && cancellationToken.IsCancellationRequested);

    /// <summary>
    /// The failure as a result. An exception that no contract names (a format library's fault on a hostile file) is reported by
    /// its type as <see cref="CorruptException"/>: the rest of the batch must not suffer for it.
    /// </summary>
    public static IngestionFailure Map(string document, Exception exception)
    {
        RagException typed = exception switch
        {
            RagException known => known,
            UnauthorizedAccessException => new UnavailableException($"'{document}' may not be read: {exception.Message}", document, exception),
            IOException => new UnavailableException($"'{document}' could not be read: {exception.Message}", document, exception),
            _ => new CorruptException(
                $"'{document}' could not be read: its content led to {exception.GetType().Name} ({exception.Message}).", document, innerException: exception),
        };
        return new IngestionFailure(document, typed.Message, typed);
    }
}
