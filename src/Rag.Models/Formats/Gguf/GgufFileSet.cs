using System.Globalization;
using System.Text.RegularExpressions;

namespace Rag.Models.Formats.Gguf;

/// <summary>
/// A model in GGUF: one file, or all parts of a split one ("name-00001-of-00003.gguf"), the first of which has the metadata
/// (llama.cpp, tools/gguf-split). Thread-safe.
/// </summary>
public sealed partial class GgufFileSet : IDisposable
{
    private const string NumberKey = "split.no";
    private const string CountKey = "split.count";
    private const string TensorsKey = "split.tensors.count";
    private readonly List<GgufFile> _files;
    private readonly Dictionary<string, GgufFile> _byName = new(StringComparer.Ordinal);

    private GgufFileSet(List<GgufFile> files) => _files = files;

    /// <summary>The parts, in their order.</summary>
    public IReadOnlyList<GgufFile> Files => _files;

    /// <summary>Keys and values that describe the model.</summary>
    public GgufMetadata Metadata => _files[0].Metadata;

    /// <summary>Every tensor, part by part.</summary>
    public IEnumerable<GgufTensorInfo> Tensors => _files.SelectMany(file => file.Tensors);

    /// <summary>Opens a file and, where it is a part, all others.</summary>
    /// <param name="path">The file, or any part.</param>
    /// <exception cref="CorruptException">A file breaks the format, or the parts do not belong together.</exception>
    /// <exception cref="UnsupportedException">A version or type is not known here.</exception>
    /// <exception cref="UnavailableException">A file is not there or cannot be opened.</exception>
    public static GgufFileSet Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        GgufFileSet set = new([]);
        try
        {
            Match part = PartName().Match(Path.GetFileName(path));
            set._files.Add(GgufFile.Open(part.Success ? PartPath(path, part, 1) : path));
            set.AddParts(path, part);
            set.AddNames();
            return set;
        }
        catch
        {
            set.Dispose();
            throw;
        }
    }

    /// <summary>The file that holds the tensor of that name, or null.</summary>
    /// <param name="name">Its name, case-sensitive.</param>
    public GgufFile? Holding(string name) => _byName.GetValueOrDefault(name);

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (GgufFile file in _files)
        {
            file.Dispose();
        }
    }

    private void AddParts(string path, Match part)
    {
        GgufFile first = _files[0];
        long count = first.Metadata.Whole(CountKey) ?? 1;
        if (count <= 1)
        {
            return;
        }

        if (!part.Success || int.Parse(part.Groups["count"].Value, CultureInfo.InvariantCulture) != count)
        {
            throw new CorruptException($"{first.FilePath} says in '{CountKey}' that it is one of {count} parts, but its name does not end in -00001-of-{count:d5}.gguf.", first.FilePath);
        }

        for (int i = 1; i <= count; i++)
        {
            string name = PartPath(path, part, i);
            if (i > 1)
            {
                _files.Add(File.Exists(name) ? GgufFile.Open(name) : throw new UnavailableException($"{name} is missing: the model has {count} parts.", name));
            }

            GgufFile file = _files[i - 1];
            if (file.Metadata.Whole(NumberKey) != i - 1 || file.Metadata.Whole(CountKey) != count)
            {
                throw new CorruptException($"{file.FilePath} says that it is part {file.Metadata.Whole(NumberKey) + 1} of {file.Metadata.Whole(CountKey)} ('{NumberKey}', '{CountKey}'), not {i} of {count}.", file.FilePath);
            }
        }

        if (first.Metadata.Whole(TensorsKey) is { } tensors && tensors != Tensors.LongCount())
        {
            throw new CorruptException($"{first.FilePath} says in '{TensorsKey}' that the parts have {tensors} tensors, but they have {Tensors.LongCount()}.", first.FilePath);
        }
    }

    private void AddNames()
    {
        foreach (GgufFile file in _files)
        {
            foreach (GgufTensorInfo tensor in file.Tensors)
            {
                if (!_byName.TryAdd(tensor.Name, file))
                {
                    throw new CorruptException($"{file.FilePath} and {_byName[tensor.Name].FilePath} both hold the tensor '{tensor.Name}'.", file.FilePath);
                }
            }
        }
    }

    private static string PartPath(string path, Match part, int number) => Path.Combine(
        Path.GetDirectoryName(path) ?? "", string.Create(CultureInfo.InvariantCulture, $"{part.Groups["stem"].Value}-{number:d5}-of-{part.Groups["count"].Value}.gguf"));

    [GeneratedRegex(@"^(?<stem>.*)-\d{5}-of-(?<count>\d{5})\.gguf$", RegexOptions.CultureInvariant)]
    private static partial Regex PartName();
}
