using Rag.Models.Formats.Onnx;
using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>
/// Latent attention over a cache of latents: with k = U c for the plain part of a head's key, q k = (U^T q) c, so that queries
/// go to the latent's space, all heads share the one "key" [c, rotated part], and the weighted sum of latents is brought to
/// values afterwards. GroupQueryAttention with one key head does this; its values are the keys, whose rotated part is dropped.
/// </summary>
internal sealed class LatentAttentionWriter(OnnxGraphBuilder graph, WeightWriter weights, DecoderInputs inputs, CachedAttentionWriter attention)
{
    private readonly NormWriter _norms = new(graph, weights);

    /// <returns>[batch, sequence, heads * value size].</returns>
    public string Write(LatentAttentionDescription latent, int layer, string x)
    {
        (int heads, int plain, int rotated) = (latent.Heads, latent.PlainSize, latent.RotatedSize);
        string source = x;
        if (latent.QueryDown is not null)
        {
            source = weights.Linear(x, latent.QueryDown);
            source = latent.QueryNorm is null ? source : _norms.Write(latent.QueryNorm, source);
        }

        string[] query = Split(Heads(weights.Linear(source, latent.Query), heads, plain + rotated), plain, rotated);
        string toLatent = graph.Node("Reshape", [weights.Single(Part(latent, 0, plain)), graph.Constant([heads, plain, latent.LatentSize], 3)]);
        string plainQuery = PerHead(query[0], toLatent);
        (string Down, string[] Ups)? adapted = weights.LowRank?.Parts(Part(latent, 0, plain), Part(latent, plain, latent.ValueSize));
        if (adapted is { } keyPair)
        {
            // q (W + up down) = q W + (q up) down, for each head.
            string reduced = PerHead(query[0], ByHead(keyPair.Ups[0], heads, plain));
            plainQuery = graph.Node("Add", [plainQuery, graph.Node("MatMul", [reduced, keyPair.Down])]);
        }

        string turnedQuery = Heads(inputs.Rotate(Flat(query[1], heads * rotated), heads, rotated, latent.Rope), heads, rotated);
        string wholeQuery = Flat(graph.Node("Concat", [plainQuery, turnedQuery], new OnnxAttribute("axis", -1)), heads * latent.Cache.Width);

        string[] key = Split(weights.Linear(x, latent.KeyDown), latent.LatentSize, rotated);
        string[] parts = [_norms.Write(latent.KeyNorm, key[0]), inputs.Rotate(key[1], 1, rotated, latent.Rope)];
        string wholeKey = graph.Node("Concat", parts, new OnnxAttribute("axis", -1));

        string mixed = attention.Node(
            latent.Cache,
            layer,
            [wholeQuery, wholeKey, wholeKey, GraphNames.PastKey(layer), GraphNames.PastValue(layer), inputs.LastIndex, inputs.TotalLength],
            new OnnxAttribute("num_heads", heads),
            new OnnxAttribute("kv_num_heads", 1),
            new OnnxAttribute("scale", latent.Scale));
        string latents = Split(Heads(mixed, heads, latent.Cache.Width), latent.LatentSize, rotated)[0];
        string fromLatent = graph.Node("Reshape", [weights.Single(Part(latent, plain, latent.ValueSize)), graph.Constant([heads, latent.ValueSize, latent.LatentSize], 3)]);
        string values = PerHead(latents, Turned(fromLatent));
        if (adapted is { } valuePair)
        {
            string reduced = graph.Node("MatMul", [latents, graph.Node("Transpose", [valuePair.Down], new OnnxAttribute("perm", [1, 0]))]);
            values = graph.Node("Add", [values, PerHead(reduced, Turned(ByHead(valuePair.Ups[1], heads, latent.ValueSize)))]);
        }

        return Flat(values, heads * latent.ValueSize);
    }

    // The rows of the up projection that make the plain parts of keys, or the values.
    private static Weight Part(LatentAttentionDescription latent, int start, int count) =>
        latent.KeyValue.Outputs(latent.Heads, latent.PlainSize + latent.ValueSize, start, count).Weight;

    // [heads * rows, rank] to a matrix [rows, rank] for each head.
    private string ByHead(string up, int heads, int rows) => graph.Node("Reshape", [up, graph.Constant([heads, rows, -1], 3)]);

    private string Turned(string matrices) => graph.Node("Transpose", [matrices], new OnnxAttribute("perm", [0, 2, 1]));

    // [batch, sequence, heads, a] with one matrix [a, b] for each head.
    private string PerHead(string x, string matrices)
    {
        string byHead = graph.Node("Transpose", [x], new OnnxAttribute("perm", [0, 2, 1, 3]));
        return graph.Node("Transpose", [graph.Node("MatMul", [byHead, matrices])], new OnnxAttribute("perm", [0, 2, 1, 3]));
    }

    private string Heads(string x, int heads, int size) => graph.Node("Reshape", [x, graph.Constant([0, 0, heads, size], 4)]);

    private string Flat(string x, int size) => graph.Node("Reshape", [x, graph.Constant([0, 0, size], 3)]);

    private string[] Split(string x, int first, int second) =>
        graph.Node("Split", string.Empty, [x, graph.Constant([first, second], 2)], 2, new OnnxAttribute("axis", -1));
}
