#if __has_include(<mpi.h>)
#include <mpi.h>
#else
#error "The trait MPI needs Open MPI or MPICH. Debian and Ubuntu: apt-get install libopenmpi-dev openmpi-bin."
#endif

// Handles are macros with casts, which Swift cannot read.
static inline MPI_Comm cmpi_world(void) { return MPI_COMM_WORLD; }

static inline int cmpi_return_errors(void) {
  return MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
}

static inline int cmpi_send(const void *bytes, int count, int rank, MPI_Request *request) {
  return MPI_Isend(bytes, count, MPI_BYTE, rank, 0, MPI_COMM_WORLD, request);
}

static inline int cmpi_receive(void *bytes, int count, int rank, MPI_Request *request) {
  return MPI_Irecv(bytes, count, MPI_BYTE, rank, 0, MPI_COMM_WORLD, request);
}

static inline int cmpi_test(int count, MPI_Request *requests, int *done) {
  return MPI_Testall(count, requests, done, MPI_STATUSES_IGNORE);
}
