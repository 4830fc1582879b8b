namespace Rag.Runtime.Sessions;

/// <summary>
/// An adapter loaded for one model: sessions created with it give what the model gives with the adapter's weights added.
/// Thread-safe. Disposing it lets the sessions that have it finish.
/// </summary>
public sealed class DecoderAdapter : IDisposable
{
    private readonly LowRankValues _values;
    private bool _disposed;

    internal DecoderAdapter(OnnxDecoderModel model, string folder, LowRankValues values) => (Model, FolderPath, _values) = (model, folder, values);

    /// <summary>The folder that the adapter was loaded from.</summary>
    public string FolderPath { get; }

    internal OnnxDecoderModel Model { get; }

    internal LowRankValues Values
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _values;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _values.Dispose();
        }
    }
}
