namespace Rag.Runtime.Sessions;

/// <summary>
/// An adapter loaded for one model: sessions created with it give what the model gives with the adapter's weights added.
/// Thread-safe. Disposing it lets the sessions that have it finish.
/// </summary>
public sealed class DecoderAdapter : IDisposable
{
    private readonly LowRankValues _values;
    private readonly Lock _lock = new();
    private bool _disposed;

    internal DecoderAdapter(OnnxDecoderModel model, string folder, LowRankValues values) => (Model, FolderPath, _values) = (model, folder, values);

    /// <summary>The folder that the adapter was loaded from.</summary>
    public string FolderPath { get; }

    internal OnnxDecoderModel Model { get; }

    /// <summary>The values, claimed for a session.</summary>
    internal LowRankValues Share()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _values.Share();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        _values.Dispose();
    }
}
