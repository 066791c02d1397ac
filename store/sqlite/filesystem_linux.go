package sqlite

import "golang.org/x/sys/unix"

// networkFileSystems are file systems on which SQLite's shared memory and locks do
// not work between machines, by the magic number that statfs returns.
var networkFileSystems = map[int64]string{
	unix.NFS_SUPER_MAGIC:  "NFS",
	unix.SMB_SUPER_MAGIC:  "SMB",
	unix.CIFS_SUPER_MAGIC: "CIFS",
	unix.SMB2_SUPER_MAGIC: "SMB2",
	unix.V9FS_MAGIC:       "9p",
	unix.AFS_SUPER_MAGIC:  "AFS",
	unix.AFS_FS_MAGIC:     "AFS",
	unix.CODA_SUPER_MAGIC: "Coda",
	unix.NCP_SUPER_MAGIC:  "NCP",
	unix.CEPH_SUPER_MAGIC: "Ceph",
	0x0BD00BD0:            "Lustre",
	0x01161970:            "GFS2",
	0x7461636f:            "OCFS2",
}

// networkFileSystem returns the name of the network file system that contains
// folder, "" if it is on a local one.
func networkFileSystem(folder string) string {
	var stat unix.Statfs_t
	if unix.Statfs(folder, &stat) != nil {
		return ""
	}
	return networkFileSystems[int64(stat.Type)&0xffffffff] //nolint:unconvert // 32 bits wide on some architectures
}
