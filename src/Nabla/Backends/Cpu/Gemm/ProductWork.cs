namespace Nabla.Backends.Cpu.Gemm;

/// <summary>One product of matrices, transposed or not: strides count elements and say how each operand lies in memory.</summary>
internal unsafe struct ProductWork<T>
    where T : unmanaged
{
    public int Rows;
    public int Columns;
    public int Steps;

    /// <summary>The left operand: element (i, p) is <c>Left[i * LeftRowStride + p * LeftStepStride]</c>.</summary>
    public T* Left;
    public nint LeftRowStride;
    public nint LeftStepStride;

    /// <summary>The right operand: element (p, j) is <c>Right[p * RightStepStride + j * RightColumnStride]</c>.</summary>
    public T* Right;
    public nint RightStepStride;
    public nint RightColumnStride;

    /// <summary>The right operand in packed panels, all columns of it, or null; see <see cref="BlockProduct{T, TVector, TLanes}.Pack"/>.</summary>
    public T* Packed;

    /// <summary>The columns of the packed operand, in whole panels, and which of them is the first of this product.</summary>
    public int PackedColumns;
    public int FirstPacked;

    /// <summary>The result: element (i, j) is <c>Target[i * TargetStride + j]</c>.</summary>
    public T* Target;
    public nint TargetStride;

    /// <summary>Added to each row of the result, or null.</summary>
    public T* Bias;

    /// <summary>Whether the bias is a single element, for all columns.</summary>
    public bool BiasRepeats;

    /// <summary>Whether the product is added to what is in <see cref="Target"/>.</summary>
    public bool Accumulate;

    /// <summary>Whether negative results become zero.</summary>
    public bool Relu;

    public readonly long MultiplyAdds => (long)Rows * Columns * Steps;

    /// <summary>Whether the result is a column without gaps, so that the turned product computes it too.</summary>
    public readonly bool IsColumn => Columns == 1 && Rows > 1 && TargetStride == 1;

    /// <summary>The product of the transposed operands in reverse order, which has the same elements and sums.</summary>
    public readonly ProductWork<T> Turned()
    {
        ProductWork<T> turned = this;
        (turned.Rows, turned.Columns) = (Columns, Rows);
        turned.Left = Right;
        turned.Right = Left;
        (turned.LeftRowStride, turned.LeftStepStride) = (RightColumnStride, RightStepStride);
        (turned.RightStepStride, turned.RightColumnStride) = (LeftStepStride, LeftRowStride);
        turned.TargetStride = Rows;
        turned.BiasRepeats = Bias is not null;
        return turned;
    }

    /// <summary>The same product of operands elsewhere.</summary>
    public readonly ProductWork<T> At(nint left, nint right, nint target)
    {
        ProductWork<T> moved = this;
        moved.Left += left;
        moved.Right += right;
        moved.Target += target;
        return moved;
    }

    /// <summary>The part of the sums that one of several equal blocks of steps adds; the last one also adds the bias and rectifies.</summary>
    public readonly ProductWork<T> StepBlock(int blocks, int block)
    {
        int first = ProductGrid.Cut(Steps, blocks, block);
        ProductWork<T> part = this;
        part.Steps = ProductGrid.Cut(Steps, blocks, block + 1) - first;
        part.Left += first * LeftStepStride;
        part.Right += first * RightStepStride;
        part.Packed += (nint)first * PackedColumns;
        part.Accumulate = Accumulate || block > 0;
        if (block < blocks - 1)
        {
            part.Bias = null;
            part.Relu = false;
        }

        return part;
    }

    /// <summary>The part of the product that makes a block of the result.</summary>
    public readonly ProductWork<T> Block(int firstRow, int rows, int firstColumn, int columns)
    {
        ProductWork<T> block = this;
        block.Rows = rows;
        block.Columns = columns;
        block.Left += firstRow * LeftRowStride;
        block.Right += firstColumn * RightColumnStride;
        block.FirstPacked += firstColumn;
        block.Target += (firstRow * TargetStride) + firstColumn;
        block.Bias = Bias is null || BiasRepeats ? Bias : Bias + firstColumn;
        return block;
    }
}
