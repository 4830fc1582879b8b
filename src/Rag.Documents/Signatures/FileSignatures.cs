namespace Rag.Documents;

/// <summary>Names formats by their first bytes and by their extension.</summary>
internal static class FileSignatures
{
    /// <summary>The bytes at the start of a zip archive that has entries.</summary>
    public static ReadOnlySpan<byte> Zip => "PK\u0003\u0004"u8;

    /// <summary>The bytes at the start of a compound file: old Office formats, and new ones when encrypted.</summary>
    public static ReadOnlySpan<byte> CompoundFile => [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

    /// <summary>Whether the content begins as a PDF file does.</summary>
    public static bool IsPdf(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            head = head[3..];
        }

        return head.StartsWith("%PDF-"u8) && head.Length > 5 && char.IsAsciiDigit((char)head[5]);
    }

    /// <summary>Whether the content begins as a zip archive with a Word document in it does.</summary>
    public static bool IsWord(ReadOnlySpan<byte> head) => head.StartsWith(Zip) && head.IndexOf("word/"u8) >= 0;

    /// <summary>What the first bytes say, or null where they say nothing certain.</summary>
    public static FileSignature? FromBytes(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith(Zip))
        {
            return head.IndexOf("xl/"u8) >= 0 ? Document("an Excel workbook")
                : head.IndexOf("ppt/"u8) >= 0 ? Document("a PowerPoint presentation")
                : head.IndexOf("mimetypeapplication/epub+zip"u8) >= 0 ? Document("an EPUB book")
                : head.IndexOf("mimetypeapplication/vnd.oasis.opendocument"u8) >= 0 ? Document("an OpenDocument file")
                : head.IndexOf("mimetypeapplication/hwp+zip"u8) >= 0 ? Document("a Hangul (HWPX) document")
                : Archive("a zip archive");
        }

        return head switch
        {
            [0xD0, 0xCF, 0x11, 0xE0, ..] => Document("an Office file of the older kind (.doc, .xls, .ppt, .hwp, .msg), or an encrypted one"),
            [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => Media("a PNG image"),
            [0xFF, 0xD8, 0xFF, ..] => Media("a JPEG image"),
            [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => Media("a GIF image"),
            [(byte)'B', (byte)'M', _, _, _, _, 0, 0, 0, 0, ..] => Media("a BMP image"),
            [(byte)'I', (byte)'I', 42, 0, ..] or [(byte)'M', (byte)'M', 0, 42, ..] => Media("a TIFF image"),
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, ..] => Media("a sound, film or WebP image"),
            [0, 0, 0, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..] => Media("a film or a HEIF image"),
            [(byte)'I', (byte)'D', (byte)'3', ..] => Media("an MP3 sound"),
            [(byte)'O', (byte)'g', (byte)'g', (byte)'S', ..] => Media("an Ogg sound or film"),
            [0x1F, 0x8B, ..] => Archive("a gzip archive"),
            [(byte)'B', (byte)'Z', (byte)'h', ..] => Archive("a bzip2 archive"),
            [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, ..] => Archive("an xz archive"),
            [(byte)'7', (byte)'z', 0xBC, 0xAF, ..] => Archive("a 7-Zip archive"),
            [(byte)'R', (byte)'a', (byte)'r', (byte)'!', ..] => Archive("a RAR archive"),
            [0x28, 0xB5, 0x2F, 0xFD, ..] => Archive("a Zstandard archive"),
            [(byte)'P', (byte)'K', 5, 6, ..] => Archive("an empty zip archive"),
            [0x7F, (byte)'E', (byte)'L', (byte)'F', ..] => Data("a program"),
            [(byte)'M', (byte)'Z', _, 0, ..] => Data("a program"),
            [0xCF or 0xCE, 0xFA, 0xED, 0xFE, ..] => Data("a program"),
            [0xCA, 0xFE, 0xBA, 0xBE, ..] => Data("a program"),
            [0, (byte)'a', (byte)'s', (byte)'m', ..] => Data("a WebAssembly program"),
            [(byte)'S', (byte)'Q', (byte)'L', (byte)'i', (byte)'t', (byte)'e', (byte)' ', ..] => Data("an SQLite database"),
            [(byte)'G', (byte)'G', (byte)'U', (byte)'F', ..] => Data("a GGUF model"),
            [(byte)'w', (byte)'O', (byte)'F', (byte)'F' or (byte)'2', ..] => Data("a font"),
            [(byte)'{', (byte)'\\', (byte)'r', (byte)'t', (byte)'f', ..] => Document("an RTF document"),
            _ => IsPdf(head) ? Document("a PDF file") : null,
        };
    }

    /// <summary>What the extension says, where it names a format that is recognised and not read.</summary>
    public static FileSignature? FromExtension(string extension) => extension.ToLowerInvariant() switch
    {
        ".xlsx" or ".xlsm" or ".xls" or ".xlsb" => Document("an Excel workbook"),
        ".pptx" or ".pptm" or ".ppt" => Document("a PowerPoint presentation"),
        ".doc" or ".dot" => Document("a Word document of the older kind"),
        ".odt" or ".ods" or ".odp" => Document("an OpenDocument file"),
        ".rtf" => Document("an RTF document"),
        ".epub" or ".mobi" or ".azw3" => Document("an e-book"),
        ".msg" or ".eml" or ".mbox" => Document("an e-mail message"),
        ".hwp" or ".hwpx" => Document("a Hangul document"),
        ".ipynb" => Document("a Jupyter notebook"),
        ".ps" or ".eps" => Document("a PostScript file"),
        ".png" or ".jpg" or ".jpeg" or ".gif" or ".bmp" or ".tif" or ".tiff" or ".webp" or ".heic" or ".ico" or ".svg" => Media("an image"),
        ".mp3" or ".wav" or ".ogg" or ".flac" or ".m4a" => Media("a sound"),
        ".mp4" or ".mov" or ".avi" or ".mkv" or ".webm" => Media("a film"),
        ".zip" or ".gz" or ".tgz" or ".bz2" or ".xz" or ".7z" or ".rar" or ".tar" or ".zst" => Archive("an archive"),
        ".exe" or ".dll" or ".so" or ".dylib" or ".class" or ".jar" or ".wasm" or ".pyc" or ".o" or ".a" => Data("a program"),
        ".db" or ".sqlite" or ".parquet" => Data("a database"),
        ".gguf" or ".safetensors" or ".onnx" or ".pt" or ".npy" or ".npz" => Data("a model or its numbers"),
        ".ttf" or ".otf" or ".woff" or ".woff2" => Data("a font"),
        _ => null,
    };

    private static FileSignature Document(string name) => new(name, FileSignatureKind.Document);

    private static FileSignature Media(string name) => new(name, FileSignatureKind.Media);

    private static FileSignature Archive(string name) => new(name, FileSignatureKind.Archive);

    private static FileSignature Data(string name) => new(name, FileSignatureKind.Data);
}
