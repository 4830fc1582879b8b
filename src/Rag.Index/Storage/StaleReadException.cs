namespace Rag.Index.Storage;

/// <summary>Another thread has moved a cache past the commit that this read sees; it is to begin again.</summary>
internal sealed class StaleReadException : Exception;
