namespace Nabla.Backends.Cpu.Recurrent;

/// <summary>The recurrent product of a step: states times the packed kernel.</summary>
internal unsafe interface IRecurrentProduct<T>
    where T : unmanaged
{
    /// <summary>Where columns may be cut, within a gate.</summary>
    static abstract int Width { get; }

    /// <summary>Whether the columns of a gate may be cut where gates have so many units.</summary>
    static abstract bool Cuts(int units);

    /// <summary>sums = states kernel + bias, for columns of gates that are padded to whole vectors.</summary>
    /// <param name="first">The first sequence of the batch.</param>
    /// <param name="rows">How many sequences.</param>
    /// <param name="states">Their states.</param>
    /// <param name="stride">The elements of a state, padded; a gate has as many columns.</param>
    /// <param name="sums">The sums.</param>
    /// <param name="bias">The bias of each column.</param>
    /// <param name="begin">The first unit of each gate.</param>
    /// <param name="end">The end of the units.</param>
    void Multiply(int first, int rows, T* states, int stride, T* sums, T* bias, int begin, int end);
}
