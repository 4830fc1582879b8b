using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>An encoder from any network whose tokens see each other by attention: a decoder's becomes one whose tokens see none after themselves.</summary>
internal static class EncoderNetwork
{
    /// <summary>The network without its head, its output the last hidden state.</summary>
    /// <exception cref="UnsupportedException">A layer keeps what only a decoder's session can keep for it.</exception>
    public static NetworkDescription Of(ModelFolder folder, NetworkDescription network)
    {
        NetworkDescription encoder = network.Kind == NetworkKind.Decoder ? network with { Kind = NetworkKind.Encoder, Head = null, Causal = true } : network;
        foreach (LayerDescription layer in encoder.Layers)
        {
            if (layer.SecondMixer is not null || layer.Mixer is not AttentionDescription)
            {
                throw new UnsupportedException(
                    $"The model {folder.FolderPath} ({folder.ModelType}) is not supported as an encoder: its layers mix tokens by other means than attention (latents, states or convolutions).", folder.FolderPath);
            }
        }

        // Up to that length rotary positions are those of every sequence.
        int positions = encoder.Ropes.Select(rope => rope.Stretch?.Length ?? int.MaxValue).Append(encoder.MaxPositions).Min();
        return encoder with { MaxPositions = positions };
    }
}
