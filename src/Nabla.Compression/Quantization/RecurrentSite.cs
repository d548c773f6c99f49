namespace Nabla.Compression;

/// <summary>A recurrent network of a graph whose kernel is known and whose states have a largest number, so that the products of its steps can be of bytes.</summary>
/// <param name="Index">The number of its node.</param>
/// <param name="Name">The dotted name of the recurrent kernel.</param>
/// <param name="Kernel">The recurrent kernel <c>[units, gates * units]</c>.</param>
internal sealed record RecurrentSite(int Index, string Name, Tensor Kernel)
{
    /// <summary>The axis of the gates' units.</summary>
    public const int OutputAxis = 1;
}
