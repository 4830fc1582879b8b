namespace Rag.Faults.Tests.Support.Vfs;

/// <summary>What goes wrong on a disk.</summary>
/// <param name="At">At which operation, from 1, of those that count.</param>
/// <param name="Kind">What.</param>
/// <param name="Forever">Whether all later operations fail too.</param>
/// <param name="Operations">Which operations count.</param>
internal sealed record DiskFault(int At, DiskFaultKind Kind, bool Forever = false, DiskOperation Operations = DiskOperation.Changes);
