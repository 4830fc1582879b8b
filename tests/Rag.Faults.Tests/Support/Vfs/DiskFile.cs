namespace Rag.Faults.Tests.Support.Vfs;

/// <summary>A file of a <see cref="Disk"/>: what is on the platter for certain, and what was written since. Guarded by the disk's lock.</summary>
internal sealed class DiskFile(Disk disk, bool isJournal, byte[] durable)
{
    private const int SectorLength = 512;

    private readonly List<(long Offset, byte[]? Bytes)> _pending = [];
    private byte[] _durable = durable;

    /// <summary>Whether its first flush flushes the folder too.</summary>
    public bool FlushesFolder { get; set; } = isJournal;

    /// <summary>Whether this is a journal or log, not the database.</summary>
    public bool IsJournal { get; } = isJournal;

    /// <summary>Its length now, flushed or not.</summary>
    public long Length { get; private set; } = durable.Length;

    public int Read() => disk.Read();

    public int Write(ReadOnlySpan<byte> bytes, long offset, out int written) => disk.Write(this, bytes, offset, out written);

    public int Truncate(long length) => disk.Truncate(this, length);

    public int Sync() => disk.Sync(this);

    public int ExtendShared() => disk.ExtendShared();

    /// <summary>Remembers a write.</summary>
    public void Add(long offset, ReadOnlySpan<byte> bytes)
    {
        _pending.Add((offset, bytes.ToArray()));
        Length = Math.Max(Length, offset + bytes.Length);
    }

    /// <summary>Remembers a cut.</summary>
    public void Cut(long length)
    {
        _pending.Add((length, null));
        Length = length;
    }

    /// <summary>Makes all that was written durable.</summary>
    public void Flush()
    {
        foreach ((long offset, byte[]? bytes) in _pending)
        {
            Apply(ref _durable, offset, bytes);
        }

        _pending.Clear();
    }

    /// <summary>
    /// What a power loss may leave: the length as after one of the writes, each sector as after one of the writes to it, now and
    /// then torn between two.
    /// </summary>
    /// <param name="survival">Chance of a sector's latest state: 0 nothing that was not flushed is left, 1 everything.</param>
    /// <param name="random">Decides.</param>
    public byte[] AfterPowerLoss(double survival, Random random)
    {
        byte[] image = [.. _durable];
        List<int> lengths = [image.Length];
        SortedDictionary<int, List<byte[]>> sectors = [];
        foreach ((long offset, byte[]? bytes) in _pending)
        {
            int first = (int)offset / SectorLength, past = bytes is null ? Sectors(image.Length) : Sectors((int)offset + bytes.Length);
            for (int sector = first; sector < past; sector++)
            {
                sectors.TryAdd(sector, [Sector(image, sector)]);
            }

            Apply(ref image, offset, bytes);
            lengths.Add(image.Length);
            for (int sector = first; sector < past; sector++)
            {
                sectors[sector].Add(Sector(image, sector));
            }
        }

        byte[] left = new byte[Choose(lengths, survival, random)];
        _durable.AsSpan(0, Math.Min(left.Length, _durable.Length)).CopyTo(left);
        foreach ((int sector, List<byte[]> versions) in sectors)
        {
            byte[] chosen = [.. Choose(versions, survival, random)];
            if (survival is > 0 and < 1 && random.Next(4) == 0)
            {
                // The head moved on in the middle of the sector.
                int torn = random.Next(SectorLength);
                versions[random.Next(versions.Count)].AsSpan(0, torn).CopyTo(chosen);
            }

            int start = sector * SectorLength;
            if (start < left.Length)
            {
                chosen.AsSpan(0, Math.Min(SectorLength, left.Length - start)).CopyTo(left.AsSpan(start));
            }
        }

        return left;
    }

    private static T Choose<T>(List<T> versions, double survival, Random random) =>
        survival <= 0 ? versions[0] : random.NextDouble() < survival ? versions[^1] : versions[random.Next(versions.Count)];

    private static int Sectors(int length) => (length + SectorLength - 1) / SectorLength;

    private static byte[] Sector(byte[] image, int sector)
    {
        byte[] bytes = new byte[SectorLength];
        int start = sector * SectorLength;
        if (start < image.Length)
        {
            image.AsSpan(start, Math.Min(SectorLength, image.Length - start)).CopyTo(bytes);
        }

        return bytes;
    }

    private static void Apply(ref byte[] image, long offset, byte[]? bytes)
    {
        int length = (int)offset + (bytes?.Length ?? 0);
        if (bytes is null || length > image.Length)
        {
            Array.Resize(ref image, length);
        }

        bytes?.CopyTo(image, offset);
    }
}
