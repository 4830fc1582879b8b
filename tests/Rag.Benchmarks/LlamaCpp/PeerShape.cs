namespace Rag.Benchmarks.LlamaCpp;

/// <summary>A decoder's sizes, under llama.cpp's name of its family.</summary>
/// <param name="Name">What the tables call it.</param>
/// <param name="Architecture">llama.cpp's name: "llama" or "qwen2".</param>
/// <param name="Vocabulary">Tokens; the embeddings are the last matrix as well.</param>
/// <param name="Hidden">Numbers of a token's state.</param>
/// <param name="Intermediate">Numbers within the MLP.</param>
/// <param name="Layers">Layers.</param>
/// <param name="Heads">Heads of the queries.</param>
/// <param name="KeyValueHeads">Heads of keys and values.</param>
/// <param name="Biases">Whether queries, keys and values have biases.</param>
internal sealed record PeerShape(string Name, string Architecture, int Vocabulary, int Hidden, int Intermediate, int Layers, int Heads, int KeyValueHeads, bool Biases)
{
    public static IReadOnlyList<PeerShape> Known { get; } =
    [
        new("135M", "llama", 49152, 576, 1536, 30, 9, 3, false),
        new("0.5B", "qwen2", 151936, 896, 4864, 24, 14, 2, true),
    ];

    public int HeadSize => Hidden / Heads;

    /// <summary>The file below a folder, written where it is not there.</summary>
    public string File(string folder)
    {
        string path = Path.Combine(folder, $"random-{Name}-q4_0.gguf");
        if (!System.IO.File.Exists(path))
        {
            Directory.CreateDirectory(folder);
            GgufModelWriter.Write(this, path + ".part");
            System.IO.File.Move(path + ".part", path);
        }

        return path;
    }
}
